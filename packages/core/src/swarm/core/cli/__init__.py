"""The `swarm` command: the only room that prints, reads the environment, and exits."""
