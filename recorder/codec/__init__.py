"""What must be known of coded pictures and sound without decoding them: NAL units, parameter sets, configurations."""
