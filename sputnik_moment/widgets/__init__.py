"""Interactive explorers, one module per lesson, on top of plain tested functions."""
