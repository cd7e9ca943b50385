"""What is told of the peer's certificate: getpeercert() field by field, its DER form, and the chains."""
