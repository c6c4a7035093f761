"""Plans: every statement of a project run on rows shaped as declared, and planned at 1, 10 and 100 times them."""
