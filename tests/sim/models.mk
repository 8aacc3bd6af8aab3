## make models         searches the protocol models completely; their mutants must fail (spin)
.PHONY: models
models:
	@deploy/packages.sh build models
	@tests/sim/models/run.sh
