"""What belongs to this process and this machine: progress, being stopped, threads, what it is."""
