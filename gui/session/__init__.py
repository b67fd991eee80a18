"""What is open in the window, and the workers that simulate it. Knows no widget."""
