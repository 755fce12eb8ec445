module example/aggregate

go 1.19
