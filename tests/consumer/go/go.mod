module sheaf-consumer

go 1.19
