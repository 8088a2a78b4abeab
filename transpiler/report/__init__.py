"""Reports: the data of a run, and its forms as text and JSON."""
