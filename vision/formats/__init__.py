"""Files of models, and of what a model needs beside it."""
