// The room is empty until its first idea moves in.
