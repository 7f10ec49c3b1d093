"""Pictures of what a network does and has learned."""
