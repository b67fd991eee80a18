"""The process that simulates: asked over stdin, answering over stdout."""
