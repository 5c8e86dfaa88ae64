// The logic of AWS's sample simple-websockets-chat-app as a Lambda function: it reads all connection ids and posts the text to each.
// It stores nothing and checks nothing. `load-aws` starts it beside the functions of the chat.
const http = require('node:http')
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb')
const { DynamoDBDocumentClient, ScanCommand, DeleteCommand } = require('@aws-sdk/lib-dynamodb')
const { ApiGatewayManagementApiClient, PostToConnectionCommand } = require('@aws-sdk/client-apigatewaymanagementapi')

const { TABLE_NAME, CONNECTIONS_ENDPOINT, AWS_ENDPOINT_URL, AWS_LAMBDA_RUNTIME_API } = process.env
const store = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: AWS_ENDPOINT_URL }))
const gateway = new ApiGatewayManagementApiClient({ endpoint: CONNECTIONS_ENDPOINT })

const sendMessage = async (event) => {
  const { Items } = await store.send(new ScanCommand({ TableName: TABLE_NAME, ProjectionExpression: 'connectionId' }))
  const { data } = JSON.parse(event.body)
  await Promise.all(
    Items.map(async ({ connectionId }) => {
      try {
        await gateway.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: data }))
      } catch (error) {
        if (error.$metadata?.httpStatusCode !== 410) throw error
        await store.send(new DeleteCommand({ TableName: TABLE_NAME, Key: { connectionId } }))
      }
    }),
  )
  return { statusCode: 200, body: 'Data sent.' }
}

// What the runtime of Lambda does: it asks for an event, and posts the answer.
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const runtime = (method, path, body) =>
  new Promise((resolve, reject) => {
    const url = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/${path}`
    const request = http.request(url, { method, agent }, async (response) => {
      const parts = []
      for await (const part of response) parts.push(part)
      resolve({ id: response.headers['lambda-runtime-aws-request-id'], body: Buffer.concat(parts).toString() })
    })
    request.on('error', reject)
    request.end(body)
  })

const serve = async () => {
  for (;;) {
    const { id, body } = await runtime('GET', 'next')
    const answer = await sendMessage(JSON.parse(body)).catch((error) => ({ statusCode: 500, body: error.stack }))
    await runtime('POST', `${id}/response`, JSON.stringify(answer))
  }
}

serve()
