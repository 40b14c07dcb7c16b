"""What stands around the canvas: palette, inspector, problems, outline, variables, history."""
