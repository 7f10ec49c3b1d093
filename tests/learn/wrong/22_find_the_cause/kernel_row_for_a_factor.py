# says: patient_3
# says: two of the three kernel rows

patient_1 = "E"

patient_2 = "D"

patient_3 = "B"

question_4 = "B"

question_5 = "C"
