"""``sfv bench reconstruct``: recovered motion against ground truth, from four calibrated cameras and from rendered clips."""
