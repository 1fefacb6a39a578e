"""HMR on keypoints: a small temporal network that turns a window of 2D landmarks into SMPL's 85 numbers for each frame.

Kanazawa et al., "End-to-end Recovery of Human Shape and Pose", CVPR 2018: iterative regression of pose, shape and weak-perspective
camera with a reprojection loss and an adversarial prior. Kolotouros et al. (SPIN), ICCV 2019: the loop with the optimisation.
"""
