"""What every resource uses and none owns. `README.md` beside this says what each file is for."""
