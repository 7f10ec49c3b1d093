# says: output_size(4, 3)
# says: expected 2
# says: the first window

def output_size(H, KH, stride=1, padding=0):
    return (H + 2 * padding - KH) // stride


shape_1 = (8, 28, 20, 16)

shape_2 = (8, 14, 10, 16)

shape_3 = (8, 6, 4, 32)

shape_4 = (8, 768)

shape_5 = (8, 10)

parameters_of_layer_3 = 4640
