# says: patient_3
# says: one factor

patient_1 = "E"

patient_2 = "D"

patient_3 = "F"

question_4 = "B"

question_5 = "C"
