"""What the command line does, a module for each command. They print; the rest of the engine does not."""
