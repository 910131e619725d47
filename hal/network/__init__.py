"""How the recorder is to be on its networks: the plan, and the words of the system services that carry it out."""
