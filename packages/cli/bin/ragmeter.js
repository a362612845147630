#!/usr/bin/env node
// Kept apart from dist so that npm can link it before anything is built.
import '../dist/main.js'
