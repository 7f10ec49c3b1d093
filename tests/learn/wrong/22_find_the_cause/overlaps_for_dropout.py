# says: patient_2
# says: no windows

patient_1 = "E"

patient_2 = "E"

patient_3 = "C"

question_4 = "B"

question_5 = "C"
