# says: patient_1
# says: no kernel

patient_1 = "B"

patient_2 = "D"

patient_3 = "C"

question_4 = "B"

question_5 = "C"
