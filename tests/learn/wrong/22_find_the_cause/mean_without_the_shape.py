# says: question_4
# says: (N, D)

patient_1 = "E"

patient_2 = "D"

patient_3 = "C"

question_4 = "A"

question_5 = "C"
