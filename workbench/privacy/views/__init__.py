"""Pages of compliance: requests of people, holds, retention."""
