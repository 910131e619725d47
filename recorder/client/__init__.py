"""What other packages may import of the recorder: message types, the tap codec, the API client, the clock, words."""
