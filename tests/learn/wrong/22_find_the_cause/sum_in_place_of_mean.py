# says: question_4
# says: 1/N

patient_1 = "E"

patient_2 = "D"

patient_3 = "C"

question_4 = "C"

question_5 = "C"
