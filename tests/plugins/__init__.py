"""What other packages add to the tool."""
