"""What a change does before it is made: the working tree beside a git reference, for reviewers."""
