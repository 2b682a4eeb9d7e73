"""A briefing built again whenever what it is made from is saved, with the page open beside the editor."""
