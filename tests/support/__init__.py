"""What tests share: fakes that speak the real protocols. Themselves tested."""
