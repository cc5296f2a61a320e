"""The investment model's knowledge base: from a child panel to estimates, and from estimates to kroner."""
