# says: parameters_of_layer_3
# says: one bias

def output_size(H, KH, stride=1, padding=0):
    return (H + 2 * padding - KH) // stride + 1


shape_1 = (8, 28, 20, 16)

shape_2 = (8, 14, 10, 16)

shape_3 = (8, 6, 4, 32)

shape_4 = (8, 768)

shape_5 = (8, 10)

parameters_of_layer_3 = 4608
