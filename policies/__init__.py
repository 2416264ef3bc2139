"""Stages, activities, goals, policies, control points, tools and the prompt library."""
