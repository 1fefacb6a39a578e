"""What the verbs share: parsing, help, and the words about the files that they write."""
