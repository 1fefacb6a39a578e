"""What readers do with damaged and hostile files: valid seeds, mutations of them, a child process a case, a table of what came out."""
