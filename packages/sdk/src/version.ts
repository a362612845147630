/** The version that batches and requests state; a test compares it with package.json. */
export const SDK_NAME = '@ragmeter/sdk'
export const SDK_VERSION = '0.1.0'
