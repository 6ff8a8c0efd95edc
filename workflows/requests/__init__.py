"""What households ask for by themselves: registered with a receipt and a deadline, filed or answered."""
