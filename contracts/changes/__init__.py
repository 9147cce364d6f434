"""Changes of a contract by agreement (变更, 劳动合同法 Art. 35): facts, checks, agreement.

Framework-free: the province runs the same checks over the signed agreement.
"""
