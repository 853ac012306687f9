"""What docker-compose.yml and .env promise, as far as it shows without a container engine."""
