# says: question_5
# says: the batch

patient_1 = "E"

patient_2 = "D"

patient_3 = "C"

question_4 = "B"

question_5 = "B"
