"""What the models learn from: dinosaurs, tales, your own text, French, music, made-up tasks."""
