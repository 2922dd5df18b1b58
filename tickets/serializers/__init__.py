"""Bodies and answers of the workbench's routes."""

from .recommendation import STEP_STATES, RecommendationOutput, RecommendedOutput, StepOutput

__all__ = ["STEP_STATES", "RecommendationOutput", "RecommendedOutput", "StepOutput"]
