"""Learning: gradients, optimizers, the training loop and its callbacks, checkpoints.

- `loop`: `fit` and `train_steps`
- `run`: a training run under way, and the contract of callbacks
- `callbacks`: early stopping, keeping the best epoch, saving, showing samples
- `optimizers`: SGD, AdaGrad, RMSprop and Adam
- `schedules`: how the learning rate changes
- `clipping`: the norm of a gradient, and how it is limited
- `gradient_checks`: gradients compared with central differences
- `evaluation`: scores on batches that are not trained on
- `history`: the record of a training run
- `position`: the place of a training run within its epoch
- `checkpoints`: a training run in a file
- `saving`: the parts of that file
- `parallel`: one batch on several processors
- `progress`: the progress bar
- `interrupts`: Ctrl-C between two steps
- `allocator`: memory that is kept from step to step
- `fit_checks`: checks of the arguments of a training run
- `hyperparameters`: checks of learning rates and other numbers
"""
