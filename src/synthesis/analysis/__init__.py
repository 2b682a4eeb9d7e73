"""One question's plan, carried out: everything before an ``Analysis`` makes numbers, nothing after it does."""
