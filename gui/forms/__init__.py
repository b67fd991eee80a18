"""Forms made from the models of an experiment: a field is one line of data, its editor follows from it."""
