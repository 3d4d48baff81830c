"""Quality: what the desk knows and its exams, reviews of cases, figures of people and teams."""
