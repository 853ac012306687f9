"""The arithmetic of right and wrong, against values known from elsewhere or counted by hand."""
