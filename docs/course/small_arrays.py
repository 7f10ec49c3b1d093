"""The small arrays of chapters 7 to 10: one image, one kernel and one upstream gradient, used in all of them."""

image = [[1, 2, 0, 1],
         [3, 1, 1, 0],
         [0, 2, 2, 1],
         [2, 0, 1, 4]]

kernel = [[1, 0, -1],
          [2, 1, 0],
          [0, -1, 1]]

dy = [[1, 2],
      [-2, 3]]
