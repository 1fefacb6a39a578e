"""The two BlazePose networks, and the search for people with them."""
