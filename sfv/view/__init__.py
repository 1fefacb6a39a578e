"""The live window: a policy that plays, a clip, a recording or a recovered body."""
